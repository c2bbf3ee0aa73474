import { PartnerDayLayout } from '../ingest/layout.js';
import { gatherEvents } from '../lineage/gather-events.js';
import { sendEvent } from '../lineage/send-event.js';
import { replace } from '../store/replace.js';
import type { ControlActivities } from './contract.js';
import type { Dependencies } from './dependencies.js';
import { withPulse } from './heartbeat.js';

export function emitLineage({ store, codeVersion, lineage }: Dependencies): ControlActivities['emitLineage'] {
  return ({ partner, date }) =>
    withPulse(async ({ signal, progress }) => {
      const { emit, namespace, endpoint } = lineage;
      if (emit === 'none') return { events: 0 };
      const layout = new PartnerDayLayout(partner, date);
      const lines: string[] = [];
      for await (const event of gatherEvents({ store, layout, namespace, codeVersion, call: { signal } })) {
        lines.push(JSON.stringify(event));
        if (emit === 'endpoint' && endpoint !== undefined) await sendEvent(endpoint, event);
        progress({ events: lines.length });
      }
      if (emit === 'store')
        await replace(store, layout.lineage, Buffer.from(`${lines.join('\n')}\n`), { signal });
      return { events: lines.length };
    });
}
