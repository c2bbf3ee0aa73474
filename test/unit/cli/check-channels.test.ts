import { describe, expect, it } from 'vitest';
import { checkChannels } from '../../../src/cli/doctor/check-channels.js';

const settings = { alerts: { hosts: ['hooks.slack.com'], privateNetwork: false, timeout: 10_000 } };
const address = 'https://hooks.slack.com/services/T0/B0/secret';

describe('the doctor says whether people can be told', () => {
  it('says that nobody is told where no channel is configured, which is allowed', () => {
    expect(checkChannels({}, settings, ['acme'])).toEqual([
      { name: 'alerts', state: 'ok', found: 'kept in the store, and sent to nobody' },
    ]);
  });

  it('shows the host of a channel and never its address', () => {
    const [check] = checkChannels({ PARTNERDAY_SLACK_WEBHOOK: address }, settings, ['acme', 'globex']);
    expect(check).toEqual({ name: 'alerts', state: 'ok', found: 'slack (hooks.slack.com)' });
  });

  it('names the partners that nobody is told about', () => {
    const env = { PARTNERDAY_SLACK_WEBHOOK_ACME: address };
    const [check] = checkChannels(env, settings, ['globex', 'acme']);
    expect(check?.found).toBe('slack (hooks.slack.com); nobody is told about globex');
  });

  it('fails for an address that a worker would refuse, by the name of its variable', () => {
    const env = { PARTNERDAY_SLACK_WEBHOOK: 'https://elsewhere.example/secret' };
    const checks = checkChannels(env, settings, ['acme', 'globex']);
    expect(checks).toHaveLength(1);
    expect(checks[0]).toMatchObject({ name: 'alerts', state: 'fail' });
    expect(checks[0]?.found).toMatch(/^PARTNERDAY_SLACK_WEBHOOK names the host elsewhere\.example/);
    expect(JSON.stringify(checks)).not.toContain('secret');
  });
});
