/** Names of metrics and recording rules in a PromQL expression, without the suffixes of a histogram's series. */
export function metricNames(expression: string): string[] {
  const bare = expression
    .replace(/\{[^}]*\}/g, '')
    .replace(/"[^"]*"/g, '')
    .replace(/\[[^\]]*\]/g, '');
  const names = bare.match(/\b(?:partnerday[_:]|temporal_)[a-z_:]+\b|\bup\b/g) ?? [];
  return [...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')))];
}
