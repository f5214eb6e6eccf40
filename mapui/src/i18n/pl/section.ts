import { plural } from '..'

export const section = {
  table: 'Tabela',
  queues: 'Kolejki',
  reports: 'Zgłoszenia',
  openReports: (n: number) => plural(n, { one: '# otwarte zgłoszenie', few: '# otwarte zgłoszenia', many: '# otwartych zgłoszeń', other: '# otwartego zgłoszenia' }),
  imports: 'Importy',
  survey: 'Ankieta terenowa',
  proposals: 'Propozycje faktów',
  map: 'Mapa',
  gaps: 'Braki',
  forecast: 'Prognoza',
  whatIf: 'Co jeśli',
  investments: 'Propozycje',
  programmes: 'Programy',
  assumptions: 'Założenia',
  summaries: 'Raporty',
}
