import { sourceDeadlines } from '../ingest/arrivals/source-deadlines.js';
import { readJson } from '../ingest/documents/json-object.js';
import { PartnerDayLayout } from '../ingest/layout.js';
import { publicationSchema } from '../ingest/publication/publication.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { requirePartner } from './require-partner.js';

export function prepareDay(deps: Dependencies): ControlActivities['prepareDay'] {
  const { store, partners, configs, mirrorsProgress } = deps;
  return async ({ partner, date, startedAt }) => {
    const layout = new PartnerDayLayout(partner, date);
    const config = await requirePartner(partners, partner);
    const publication = await readJson(store, layout.published, publicationSchema);
    return {
      configKey: await configs.pin(layout, config),
      policies: config.policies,
      sources: config.sources.map((source) => source.id),
      deadlines: sourceDeadlines(config, date, new Date(startedAt)),
      ...(config.quality.rules.length > 0 ? { relations: config.quality.rules.length } : {}),
      ...(publication ? { publishedVersion: publication.version } : {}),
      ...(mirrorsProgress ? { mirrorsProgress } : {}),
      ...(config.airflow.dag === undefined ? {} : { airflow: { dag: config.airflow.dag } }),
    };
  };
}
