import { workflowUrl } from '../../config/workflow-url.js';
import { TerminalError } from '../../errors.js';
import { requireJson } from '../../ingest/documents/json-object.js';
import { PartnerDayLayout } from '../../ingest/layout.js';
import { readPointer } from '../../ingest/publication/pointer.js';
import type { DaySummary } from '../../quality/summary-json.js';
import { Html, html } from '../../report/html.js';
import { ObjectNotFoundError } from '../../store/errors.js';
import { partnerDayId } from '../../workflows/names.js';
import { readDay, summarySchema } from '../day/day-report.js';
import { explainDay } from '../day/explain-day.js';
import { assetRoutes } from './assets.js';
import type { Answer, Handler } from './exchange.js';
import { HttpProblem } from './http-problem.js';
import { dayCell } from './pages/day-cell.js';
import { dayPage, runningFragment } from './pages/day-page.js';
import { findingPage } from './pages/finding-page.js';
import { type FleetPartner, fleetPage } from './pages/fleet-page.js';
import { FleetReader, type StoredDay } from './pages/fleet-reader.js';
import { htmlAnswer, pageAnswer } from './pages/page.js';
import { partnerPage } from './pages/partner-page.js';
import { RunningDays, type RunningNow } from './pages/running-days.js';
import { runningSection } from './pages/running-view.js';
import { tablePage } from './pages/table-page.js';
import { RateLimiter } from './rate-limiter.js';
import { ReaderSession } from './reader-session.js';
import type { Route } from './request-listener.js';
import type { ServeDependencies } from './serve-dependencies.js';

const DAYS = 30;
const LOGINS_PER_MINUTE = 20;

/** Everything people look at. */
export function pageRoutes(deps: ServeDependencies, { host }: { host: string }): Route[] {
  const local = /^(?:localhost|127\.|::1$)/.test(host);
  const session = new ReaderSession(deps.tokens, new RateLimiter(LOGINS_PER_MINUTE), local);
  const pages = new Pages(deps);
  const page = (path: string, handle: Handler): Route => ({
    method: 'GET',
    path,
    handle: session.guard(handle),
  });
  return [
    page('/', () => pages.fleet()),
    page('/live', () => pages.live()),
    page('/partners/{partner}', ({ params }) => pages.partner(params.partner!)),
    page('/partners/{partner}/days/{date}', ({ params }) => pages.day(params.partner!, params.date!)),
    page('/partners/{partner}/days/{date}/report', ({ params }) =>
      pages.report(params.partner!, params.date!),
    ),
    page('/partners/{partner}/days/{date}/live', ({ params }) =>
      pages.dayLive(params.partner!, params.date!),
    ),
    page('/partners/{partner}/days/{date}/tables/{table}', ({ params }) =>
      pages.table(params.partner!, params.date!, params.table!),
    ),
    page('/partners/{partner}/days/{date}/{version}/findings/{number}', ({ params }) =>
      pages.finding(params.partner!, params.date!, params.version!, params.number!),
    ),
    { method: 'GET', path: '/login', handle: session.form },
    { method: 'POST', path: '/login', handle: session.enter },
    ...assetRoutes(),
  ];
}

export function problemPage(problem: HttpProblem): Answer {
  const { title, detail } = problem.toJSON();
  return pageAnswer(
    { title, main: html`<h1>${title}</h1><p>${detail}</p><p><a href="/">The fleet</a></p>` },
    problem.status,
    problem.options.headers,
  );
}

class Pages {
  readonly #fleet: FleetReader;
  readonly #running: RunningDays;

  constructor(private readonly deps: ServeDependencies) {
    this.#fleet = new FleetReader(deps.store, deps.now);
    this.#running = new RunningDays(deps.temporal);
  }

  async fleet(): Promise<Answer> {
    const dates = this.#fleet.dates(DAYS);
    const [ids, running] = await Promise.all([this.deps.partnerIds(), this.#running.now()]);
    const partners = await Promise.all(ids.map((id) => this.#partner(id, dates, running)));
    return fleetPage({ dates, partners, running });
  }

  async live(): Promise<Answer> {
    return htmlAnswer(runningSection(await this.#running.now()));
  }

  async partner(partner: string): Promise<Answer> {
    await this.#require(partner);
    const dates = this.#fleet.dates(DAYS);
    return partnerPage(dates, await this.#partner(partner, dates, await this.#running.now()));
  }

  async day(partner: string, date: string): Promise<Answer> {
    const { store } = this.deps;
    const layout = await this.#layout(partner, date);
    const running = await this.#running.of(partner, date);
    const report = await readDay(store, layout);
    if (!report) {
      return dayPage({ partner, date, running, link: await this.#link(partner, date, running?.runId) });
    }
    const why = await explainDay(store, layout, report, { last: running?.progress });
    const publication = (await readPointer(store, layout))?.publication;
    const alert =
      report.version === null ? undefined : await this.#text(layout.version(report.version).alert);
    const link = await this.#link(partner, date, running?.runId ?? publication?.runId);
    const hasReport = (await store.head(reportKey(layout))) !== undefined;
    return dayPage({ partner, date, report, why, publication, alert, running, hasReport, link });
  }

  /** The page that was written beside the data, as it is; it brings a style of its own and runs nothing. */
  async report(partner: string, date: string): Promise<Answer> {
    const page = await this.#text(reportKey(await this.#layout(partner, date)));
    if (page === undefined) throw new HttpProblem(404, `${partner} ${date} has no report yet`);
    const policy =
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; sandbox";
    return htmlAnswer(new Html(page), 200, { 'content-security-policy': policy });
  }

  async dayLive(partner: string, date: string): Promise<Answer> {
    const running = await this.#running.of(partner, date);
    return htmlAnswer(runningFragment(running, await this.#link(partner, date, running?.runId)));
  }

  async table(partner: string, date: string, table: string): Promise<Answer> {
    const layout = await this.#layout(partner, date);
    const publication = (await readPointer(this.deps.store, layout))?.publication;
    if (!publication) throw new HttpProblem(404, `nothing of ${partner} ${date} is published`);
    const summary = await this.#summary(layout, publication.version);
    const report = summary.tables.find((candidate) => candidate.table === table);
    if (!report) throw new HttpProblem(404, `${partner} ${date} has no table of this name`);
    const dates = this.#fleet.dates(DAYS);
    const days = await this.#fleet.days(partner, dates);
    const history = dates.map((day, index) => ({ date: day, rows: rowsOf(days[index]!, table) }));
    return tablePage(summary, report, history);
  }

  async finding(partner: string, date: string, version: string, number: string): Promise<Answer> {
    const layout = await this.#layout(partner, date);
    const [, digits] = /^v([1-9]\d{0,5})$/.exec(version) ?? [];
    const index = /^[1-9]\d{0,8}$/.test(number) ? Number(number) - 1 : -1;
    if (digits === undefined) throw new HttpProblem(404, 'there is no such version');
    const summary = await this.#summary(layout, Number(digits));
    if (!summary.findings[index]) throw new HttpProblem(404, `version ${digits} has no such finding`);
    return findingPage(summary, index);
  }

  async #partner(partner: string, dates: readonly string[], running: RunningNow): Promise<FleetPartner> {
    const config = (await this.deps.partners()).get(partner);
    const days = await this.#fleet.days(partner, dates);
    const open = (date: string) => running?.find((day) => day.partner === partner && day.date === date);
    const cells = dates.map((date, index) => dayCell(partner, date, days[index]!, open(date)));
    return { partner, name: config?.name, broken: config === undefined, cells };
  }

  async #layout(partner: string, date: string): Promise<PartnerDayLayout> {
    await this.#require(partner);
    try {
      return new PartnerDayLayout(partner, date);
    } catch (error) {
      if (error instanceof TerminalError) throw new HttpProblem(404, error.message, { cause: error });
      throw error;
    }
  }

  async #require(partner: string): Promise<void> {
    if ((await this.deps.partnerIds()).includes(partner)) return;
    throw new HttpProblem(404, 'there is no such partner');
  }

  async #summary(layout: PartnerDayLayout, version: number): Promise<DaySummary> {
    try {
      return await requireJson(this.deps.store, layout.version(version).summary, summarySchema);
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError)) throw error;
      throw new HttpProblem(404, `there is no version ${version} of ${layout.partner} ${layout.date}`, {
        cause: error,
      });
    }
  }

  async #text(key: string): Promise<string | undefined> {
    try {
      return (await this.deps.store.getBytes(key)).toString();
    } catch (error) {
      if (error instanceof ObjectNotFoundError) return undefined;
      throw error;
    }
  }

  async #link(partner: string, date: string, runId: string | undefined): Promise<string | undefined> {
    const base = await this.deps.uiUrl();
    return base && workflowUrl(base, this.deps.namespace, partnerDayId(partner, date), runId);
  }
}

function reportKey(layout: PartnerDayLayout): string {
  return `${layout.report}.html`;
}

function rowsOf(day: StoredDay, table: string): number | undefined {
  if (day.state !== 'published') return undefined;
  return day.publication.tables.find((candidate) => candidate.table === table)?.rows;
}
