import { compact, type DemoPartnerSpec, padded } from './demo-partner.js';

const skyway: DemoPartnerSpec = {
  id: 'skyway',
  name: 'Skyway Data Exchange',
  archivesPerDay: 44,
  completion: 'manifest',
  dialect: { delimiter: ',', encoding: 'utf-8', nullToken: 'NULL' },
  tables: [
    { table: 'airports', file: 'airports', batchesPerDay: 22 },
    { table: 'birdstrikes', file: 'birdstrikes', batchesPerDay: 44, lineEnd: '\r\n' },
    { table: 'flights_airport', file: 'flights-airport', batchesPerDay: 30 },
    { table: 'us_employment', file: 'us-employment', batchesPerDay: 12 },
    { table: 'zipcodes', file: 'zipcodes', batchesPerDay: 66 },
  ],
  archiveName: (date, number) => `skyway_${compact(date)}_${padded(number, 3)}.tar.gz`,
  memberName: (table, date, batch) => `${table}_${compact(date)}_${padded(batch, 4)}.csv`,
  yaml: `id: skyway
name: Skyway Data Exchange
timeZone: America/Chicago
opensAt: "05:00"
# The day is complete when every archive named in MANIFEST.json has landed.
sources:
  - id: main
    manifest: MANIFEST.json
    settle: 2s
members:
  pattern: "{table}_{date}_{batch}.csv"
  dateFormat: YYYYMMDD
dialect:
  nullTokens: ["NULL"]
# Columns may come and go: what a day brings is what its table has.
contract:
  columns: evolve
tables:
  airports:
    required: [iata, latitude, longitude]
  zipcodes:
    columns: [zip_code, latitude, longitude, city, state, county]
consumers: [flight-safety, network-planning]
`,
};

const terra: DemoPartnerSpec = {
  id: 'terra',
  name: 'Terra Observatory',
  archivesPerDay: 48,
  completion: 'marker',
  dialect: { delimiter: ',', encoding: 'utf-8', nullToken: '' },
  tables: [
    { table: 'co2_concentration', file: 'co2-concentration', batchesPerDay: 24 },
    { table: 'disasters', file: 'disasters', batchesPerDay: 16 },
    { table: 'hourly_normals', file: 'seattle-weather-hourly-normals', batchesPerDay: 48 },
    { table: 'species', file: 'species', batchesPerDay: 72 },
    { table: 'weather', file: 'weather', batchesPerDay: 36 },
  ],
  archiveName: (date, number) => `terra-${date}-${padded(number, 3)}.tar.gz`,
  memberName: (table, date, batch) => `${table}-${date}-${padded(batch, 3)}.csv`,
  yaml: `id: terra
name: Terra Observatory
timeZone: UTC
# The day is complete when the empty object _SUCCESS has landed.
sources:
  - id: main
    marker: _SUCCESS
    settle: 2s
members:
  pattern: "{table}-{date}-{batch}.csv"
  dateFormat: YYYY-MM-DD
  # A cut archive: keep the whole members before the cut.
  onBrokenArchive: salvage
# Short pauses, so that a failing merge is seen through all its tries and rounds while you watch.
policies:
  merge:
    tries: 5
    backoff: { initial: 100ms, factor: 2, max: 400ms }
  requeue:
    rounds: 3
    delay: 2s
consumers: [climate-dashboard]
`,
};

const nordwind: DemoPartnerSpec = {
  id: 'nordwind',
  name: 'Nordwind Statistik',
  archivesPerDay: 42,
  completion: 'signal',
  dialect: { delimiter: ';', encoding: 'utf-16le', nullToken: '' },
  tables: [
    { table: 'engineers_hurricanes', file: 'population_engineers_hurricanes', batchesPerDay: 6 },
    { table: 'gapminder', file: 'gapminder-health-income', batchesPerDay: 14 },
    { table: 'github_activity', file: 'github', batchesPerDay: 42 },
    { table: 'global_temp', file: 'global-temp', batchesPerDay: 12 },
    { table: 'iowa_electricity', file: 'iowa-electricity', batchesPerDay: 6 },
    { table: 'seattle_weather', file: 'seattle-weather', batchesPerDay: 42 },
  ],
  archiveName: (date, number) => `Lieferung ${date} ${padded(number, 3)}.tar.gz`,
  memberName: (table, date, batch) => `${table}_${compact(date)}_B${padded(batch, 2)}.csv`,
  yaml: `id: nordwind
name: Nordwind Statistik
timeZone: Europe/Berlin
opensAt: "06:30"
# Neither marker nor manifest: somebody says "complete", with "partnerday arrive nordwind DATE --complete".
sources:
  - id: main
    settle: 2s
members:
  pattern: "{table}_{date}_{batch}.csv"
  dateFormat: YYYYMMDD
dialect:
  delimiter: ";"
  encoding: utf-16le
tables:
  gapminder:
    columns: [country, income, health, population, region]
    types:
      population: integer
    # A value that is not an integer refuses the table: a wrong head count is worse than none.
    contract:
      types: freeze
  seattle_weather:
    # Since the second day the export calls the column by a shorter name.
    aliases:
      precip: precipitation
consumers: [regional-planning]
`,
};

export const DEMO_PARTNERS: readonly DemoPartnerSpec[] = [skyway, terra, nordwind];
