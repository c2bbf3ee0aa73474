import { describe } from 'vitest';
import { createByteMemberScan } from '../../../src/csv/byte-member-scan.js';
import { createKernelMemberScan } from '../../../src/csv/kernel/kernel-member-scan.js';
import { scannerSuite } from '../../support/scanner-suite.js';

describe('the reference scanner', () => scannerSuite(createByteMemberScan));
describe('the kernel', () => scannerSuite(createKernelMemberScan));
