export interface LineageEndpoint {
  url: URL;
  apiKey?: string;
}

/** From the variables every OpenLineage client knows. `undefined`: there is none, or it is no address. */
export function lineageEndpoint(env: NodeJS.ProcessEnv): LineageEndpoint | undefined {
  const { OPENLINEAGE_URL, OPENLINEAGE_ENDPOINT = 'api/v1/lineage', OPENLINEAGE_API_KEY } = env;
  if (!OPENLINEAGE_URL || !URL.canParse(OPENLINEAGE_URL)) return undefined;
  const url = new URL(`${OPENLINEAGE_URL.replace(/\/+$/, '')}/${OPENLINEAGE_ENDPOINT.replace(/^\/+/, '')}`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  return { url, ...(OPENLINEAGE_API_KEY ? { apiKey: OPENLINEAGE_API_KEY } : {}) };
}
