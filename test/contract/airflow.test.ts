import { afterEach, describe, expect, it } from 'vitest';
import { Airflow, AirflowRefusedError, AirflowUnavailableError } from '../../src/downstream/airflow.js';
import { airflowSettings } from '../../src/downstream/airflow-settings.js';
import { type AirflowDouble, startAirflowDouble } from '../support/airflow-double.js';

const RUN = { dag: 'prices', runId: 'partnerday__acme__2026-11-20__v1', conf: { version: 1 }, note: 'v1' };

let double: AirflowDouble;
afterEach(async () => {
  await double?.stop();
});

async function airflow(env: NodeJS.ProcessEnv = {}): Promise<Airflow> {
  double = await startAirflowDouble();
  const settings = airflowSettings({
    PARTNERDAY_AIRFLOW_URL: `${double.url}/`,
    PARTNERDAY_AIRFLOW_USERNAME: 'partnerday',
    PARTNERDAY_AIRFLOW_PASSWORD: 'secret',
    ...env,
  });
  return new Airflow(settings!);
}

describe('a DAG run', () => {
  it('is asked for as Airflow 3 wants it, once signed in', async () => {
    const client = await airflow();
    expect(await client.trigger(RUN)).toBe('triggered');
    expect(await client.trigger({ ...RUN, runId: 'other' })).toBe('triggered');
    expect(double.runs.get('partnerday__acme__2026-11-20__v1')).toEqual({
      dag_run_id: 'partnerday__acme__2026-11-20__v1',
      logical_date: null,
      conf: { version: 1 },
      note: 'v1',
    });
    expect(double.signIns).toBe(1);
  });

  it('that is there already is no failure', async () => {
    const client = await airflow();
    await client.trigger(RUN);
    expect(await client.trigger(RUN)).toBe('already');
    expect(double.runs.size).toBe(1);
  });

  it('is asked for with a token where one is given, without signing in', async () => {
    const client = await airflow({ PARTNERDAY_AIRFLOW_TOKEN: 'jwt-1' });
    expect(await client.trigger(RUN)).toBe('triggered');
    expect(double.signIns).toBe(0);
  });

  it.each(['expireTokens', 'loseKeys'] as const)(
    'is asked for again when the token has become void: %s',
    async (how) => {
      const client = await airflow();
      await client.trigger(RUN);
      double[how]();
      expect(await client.trigger({ ...RUN, runId: 'later' })).toBe('triggered');
      expect(double.signIns).toBe(2);
    },
  );

  it.each([
    [404, 'The Dag with ID: `prices` was not found'],
    [400, 'bad'],
    [403, 'Forbidden'],
    [422, 'conf'],
    [302, 'Airflow'],
  ])('that is answered with %i will be answered so again', async (status, detail) => {
    const client = await airflow();
    double.answer(status, { detail });
    const refused = client.trigger(RUN);
    await expect(refused).rejects.toBeInstanceOf(AirflowRefusedError);
    await expect(refused).rejects.toThrow(`Airflow answered ${status} to DAG prices`);
    await expect(refused).rejects.toThrow(detail);
  });

  it('with credentials Airflow does not take is refused after one attempt to sign in again', async () => {
    const client = await airflow({ PARTNERDAY_AIRFLOW_PASSWORD: 'wrong' });
    await expect(client.trigger(RUN)).rejects.toBeInstanceOf(AirflowRefusedError);
    await expect(client.trigger(RUN)).rejects.not.toThrow('wrong');
  });

  it.each([429, 500, 502, 503, 504])('that is answered with %i may be asked for again', async (status) => {
    const client = await airflow();
    double.answer(status, '<html>a proxy’s page</html>');
    await expect(client.trigger(RUN)).rejects.toBeInstanceOf(AirflowUnavailableError);
  });

  it('may be asked for again when nobody answers', async () => {
    const client = await airflow();
    await double.stop();
    await expect(client.trigger(RUN)).rejects.toBeInstanceOf(AirflowUnavailableError);
  });
});

it.each([
  [{ PARTNERDAY_AIRFLOW_URL: 'ftp://x' }, 'expected http(s)://'],
  [{ PARTNERDAY_AIRFLOW_URL: 'http://user:pass@x' }, 'without credentials'],
  [{ PARTNERDAY_AIRFLOW_URL: 'http://x' }, 'expected PARTNERDAY_AIRFLOW_TOKEN'],
])('settings that cannot work stop the worker at its start: %j', (env, words) => {
  expect(() => airflowSettings(env)).toThrow(words);
});

it('without an address there is no Airflow', () => {
  expect(airflowSettings({})).toBeUndefined();
});
