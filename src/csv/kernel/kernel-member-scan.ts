import { ByteMemberScan } from '../byte-member-scan.js';
import type { CreateMemberScan } from '../member-scan.js';
import { createKernelRows } from './kernel-rows.js';

/**
 * The fast scanner: canonical rows are taken in bulk by the WebAssembly kernel, everything else row by row by the
 * reference scanner it is built into. Profile, rows and findings are the reference scanner's.
 */
export const createKernelMemberScan: CreateMemberScan = (options) =>
  new ByteMemberScan(options, createKernelRows);
