import type { AlertChannels } from '../alerts/alert-channels.js';
import type { PartnerConfig } from '../config/partner-config.js';
import type { ProjectSettings } from '../config/project-settings.js';
import type { Airflow } from '../downstream/airflow.js';
import type { LineageEndpoint } from '../lineage/lineage-endpoint.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import type { ObjectStore } from '../store/object-store.js';
import type { Extractor } from './extractor.js';
import type { PinnedConfigs } from './pinned-configs.js';

/** What activities need from the world; built once per worker. */
export interface Dependencies {
  store: ObjectStore;
  /** The configuration as it stands now; only what comes before a day is pinned may look at it. */
  partners(): Promise<Map<string, PartnerConfig>>;
  configs: PinnedConfigs;
  extractor: Extractor;
  /** Where alerts of a partner go. */
  alertChannels(partner: string): AlertChannels;
  /** Address of a run in the Temporal Web UI, where it is known. */
  workflowUrl(workflowId: string, runId: string): Promise<string | undefined>;
  codeVersion: string;
  /** What becomes of OpenLineage events. */
  lineage: ProjectSettings['openLineage'] & { endpoint: LineageEndpoint | undefined };
  /** Workers show progress outside Temporal as well. Default false. */
  mirrorsProgress?: boolean;
  /** Where Airflow is, when the environment says so. */
  airflow?: Airflow | undefined;
  metrics: WorkerMetrics;
  /** Fires when the worker is asked to stop: begin nothing new, and end what only waits. */
  draining: AbortSignal;
}
