// The pages of the site, by the fixed scheme of addresses.

export const LANGUAGES = ["vi", "en"];

/** name → address without the language. */
export const PAGES = {
  overview: "/papi/2024",
  "overview-34": "/papi/2024?units=provinces-34",
  "overview-missing": "/papi/2014",
  unit: "/papi/2024/units/33",
  "unit-missing": "/papi/2014/units/24",
  about: "/papi/about",
  compare: "/papi/2024/compare?unit=01&unit=33&unit=48",
  data: "/papi/data",
  "other-overview": "/pci/2021",
  "other-unit": "/pci/2021/units/22",
  "other-about": "/pci/about",
  errors: "/papi-simulated/2020",
  "errors-34": "/papi-simulated/2020?units=provinces-34&node=3",
  "errors-unit": "/papi-simulated/2020/units/33",
  "errors-compare": "/papi-simulated/2020/compare?unit=01&unit=33&unit=48",
  "errors-about": "/papi-simulated/about",
  "errors-data": "/papi-simulated/data",
};

/** Every page in every language: { name, lang, path }. */
export function everyPage() {
  return LANGUAGES.flatMap((lang) =>
    Object.entries(PAGES).map(([name, path]) => ({ name, lang, path: `/${lang}${path}` })),
  );
}
