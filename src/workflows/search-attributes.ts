import { defineSearchAttributeKey } from '@temporalio/common';

/** Registered by `partnerday up` and by tests; a worker refuses to start without them. */
export const searchAttributes = {
  partnerId: defineSearchAttributeKey('PartnerId', 'KEYWORD'),
  businessDate: defineSearchAttributeKey('BusinessDate', 'DATETIME'),
  stage: defineSearchAttributeKey('Stage', 'KEYWORD'),
  qualityScore: defineSearchAttributeKey('QualityScore', 'DOUBLE'),
  failedTables: defineSearchAttributeKey('FailedTables', 'KEYWORD_LIST'),
};
