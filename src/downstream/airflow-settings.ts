import { TerminalError } from '../errors.js';

/** Where Airflow is and who we are there. From the environment alone: secrets never stand in a partner's file. */
export interface AirflowSettings {
  /** Without a slash at the end. */
  url: string;
  credentials: { token: string } | { username: string; password: string };
}

export class AirflowSettingsError extends TerminalError {}

/** `undefined` when nothing is said about Airflow. @throws AirflowSettingsError */
export function airflowSettings(env: NodeJS.ProcessEnv): AirflowSettings | undefined {
  const {
    PARTNERDAY_AIRFLOW_URL: url,
    PARTNERDAY_AIRFLOW_TOKEN: token,
    PARTNERDAY_AIRFLOW_USERNAME: username,
    PARTNERDAY_AIRFLOW_PASSWORD: password,
  } = env;
  if (!url) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.search || parsed.hash) {
    throw new AirflowSettingsError(
      'PARTNERDAY_AIRFLOW_URL: expected http(s)://host[:port][/path] without credentials',
    );
  }
  const base = url.replace(/\/+$/, '');
  if (token) return { url: base, credentials: { token } };
  if (username && password) return { url: base, credentials: { username, password } };
  throw new AirflowSettingsError(
    'PARTNERDAY_AIRFLOW_URL is set: expected PARTNERDAY_AIRFLOW_TOKEN, or PARTNERDAY_AIRFLOW_USERNAME and PARTNERDAY_AIRFLOW_PASSWORD',
  );
}
