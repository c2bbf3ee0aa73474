import { mkdir, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { LocalDay } from '../support/local-day.js';
import { DATE } from '../support/manifests.js';
import { landByContent, RECORDED_DAYS, recordDay } from '../support/recorded-day.js';
import { tarFile, tarGz } from '../support/tar-builder.js';

const member = (table: string, batch: number) => `${table}_${DATE.replaceAll('-', '')}_${batch}.csv`;

/** `make histories`: once per released version, as a file named after it. Earlier ones are kept. */
it.runIf(process.env.PARTNERDAY_RECORD)('records what a day consists of', async () => {
  const day = await LocalDay.create();
  try {
    const first = tarGz(
      tarFile(member('orders', 1), 'id,name\n1,a\n2,b\n'),
      tarFile(member('guests', 1), 'id,from\n1,x\n'),
    );
    await landByContent(day, 'a.tar.gz', first);
    await landByContent(
      day,
      'b.tar.gz',
      tarGz(
        tarFile(member('orders', 2), 'name,id,extra\nc,3,e\nd,4\nf,5,g\n'),
        tarFile('notes.txt', 'hello'),
      ),
    );
    await landByContent(day, 'copy-of-a.tar.gz', first);
    await landByContent(day, 'damaged.tar.gz', Buffer.concat([first, Buffer.from('more')]));
    await landByContent(day, 'cut.tar.gz', cut());
    expect(await day.run(undefined, ['guests'])).toMatchObject({ version: 1 });
    await landByContent(day, 'late.tar.gz', tarGz(tarFile(member('stays', 3), 'id\n7\n')));
    expect(await day.run()).toMatchObject({ version: 2 });
    await mkdir(RECORDED_DAYS, { recursive: true });
    const file = `${RECORDED_DAYS}/${process.env.PARTNERDAY_RECORD}.json`;
    await writeFile(file, `${JSON.stringify(await recordDay(day.store), null, 2)}\n`);
  } finally {
    await day.remove();
  }
});

/** One whole member, and the beginning of another. */
function cut(): Buffer {
  const rows = Array.from({ length: 2_000 }, (_, row) => `${row},${(row * 7919) % 10_007}`).join('\n');
  const whole = tarGz(
    tarFile(member('orders', 4), 'id,name\n6,h\n'),
    tarFile(member('stays', 4), `id,x\n${rows}\n`),
  );
  return whole.subarray(0, whole.length >> 1);
}
