import { describe, expect, it } from 'vitest';
import { alertChannels } from '../../../src/alerts/alert-channels.js';
import { projectSettingsSchema } from '../../../src/config/project-settings.js';

const SLACK = 'https://hooks.slack.com/services/T0/B0/secret';
const settings = (alerts: Record<string, unknown> = {}) => projectSettingsSchema.parse({ alerts });

describe('where alerts go', () => {
  it('is said by the environment only, for all partners or for one', () => {
    const env = {
      PARTNERDAY_SLACK_WEBHOOK: SLACK,
      PARTNERDAY_SLACK_WEBHOOK_BIG_ONE: `${SLACK}2`,
      PARTNERDAY_SLACK_WEBHOOK_QUIET: '',
    };
    const hrefs = (partner?: string) =>
      alertChannels(env, settings(), partner).channels.map(({ url }) => url.href);
    expect(hrefs()).toEqual([SLACK]);
    expect(hrefs('acme')).toEqual([SLACK]);
    expect(hrefs('big-one')).toEqual([`${SLACK}2`]);
    expect(hrefs('quiet')).toEqual([]);
    expect(alertChannels({}, settings())).toEqual({ channels: [], problems: [] });
  });

  it.each([
    ['http://hooks.slack.com/x', {}, 'expected https:'],
    ['https://evil.example/x', {}, 'partnerday.yaml allows hooks.slack.com'],
    ['https://hooks.slack.com.evil.example/x', {}, 'names the host hooks.slack.com.evil.example'],
    ['https://user:pass@hooks.slack.com/x', {}, 'a user name or a password'],
    ['hooks.slack.com/x', {}, 'is no URL'],
    ['file:///etc/passwd', { privateNetwork: true, hosts: [] }, 'expected https:'],
  ])('is refused as %s', (address, alerts, problem) => {
    const { channels, problems } = alertChannels({ PARTNERDAY_SLACK_WEBHOOK: address }, settings(alerts));
    expect(channels).toEqual([]);
    expect(problems).toMatchObject([{ name: 'slack', variable: 'PARTNERDAY_SLACK_WEBHOOK' }]);
    expect(problems[0]!.problem).toContain(problem);
    expect(JSON.stringify(problems)).not.toContain('pass@');
  });

  it('may be a webhook of one’s own, if its host is allowed and messages can be signed', () => {
    const env = { PARTNERDAY_ALERT_WEBHOOK: 'https://alerts.example/in' };
    const allowed = settings({ hosts: ['alerts.example'] });
    expect(alertChannels(env, allowed).problems[0]!.problem).toContain('PARTNERDAY_ALERT_SECRET');
    expect(alertChannels({ ...env, PARTNERDAY_ALERT_SECRET: 's' }, allowed).channels).toMatchObject([
      { name: 'webhook', secret: 's', privateNetwork: false, timeoutMs: 10_000 },
    ]);
  });
});
