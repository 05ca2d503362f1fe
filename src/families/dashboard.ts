import {
  type PowerBIConnection,
  type PowerBIReportServerConnection,
  powerBI,
  powerBIReportServer,
  type SsrsConnection,
  ssrs,
} from './dashboard/microsoft.js'
import {
  type LookerConnection,
  looker,
  type MicroStrategyConnection,
  microStrategy,
  type QlikCloudConnection,
  type QlikSenseConnection,
  type QuickSightConnection,
  qlikCloud,
  qlikSense,
  quickSight,
  type SapS4HanaConnection,
  type SupersetConnection,
  sapS4Hana,
  superset,
  type TableauConnection,
  tableau,
} from './dashboard/suites.js'
import {
  type CustomDashboardConnection,
  customDashboard,
  type DomoDashboardConnection,
  domoDashboard,
  type GrafanaConnection,
  grafana,
  type HexConnection,
  hex,
  type LightdashConnection,
  lightdash,
  type MetabaseConnection,
  type ModeConnection,
  metabase,
  mode,
  type OmniConnection,
  omni,
  type RedashConnection,
  redash,
  type SigmaConnection,
  sigma,
  type ThoughtSpotConnection,
  thoughtSpot,
} from './dashboard/tools.js'
import type { Family } from './family.js'
import { type Of, openMetadataFamily, type Schemas } from './openmetadata.js'

const connections = {
  Superset: superset as Of<SupersetConnection>,
  Looker: looker as Of<LookerConnection>,
  Tableau: tableau as Of<TableauConnection>,
  Redash: redash as Of<RedashConnection>,
  Metabase: metabase as Of<MetabaseConnection>,
  PowerBI: powerBI as Of<PowerBIConnection>,
  PowerBIReportServer: powerBIReportServer as Of<PowerBIReportServerConnection>,
  Mode: mode as Of<ModeConnection>,
  CustomDashboard: customDashboard as Of<CustomDashboardConnection>,
  DomoDashboard: domoDashboard as Of<DomoDashboardConnection>,
  QuickSight: quickSight as Of<QuickSightConnection>,
  QlikSense: qlikSense as Of<QlikSenseConnection>,
  Lightdash: lightdash as Of<LightdashConnection>,
  MicroStrategy: microStrategy as Of<MicroStrategyConnection>,
  QlikCloud: qlikCloud as Of<QlikCloudConnection>,
  Sigma: sigma as Of<SigmaConnection>,
  ThoughtSpot: thoughtSpot as Of<ThoughtSpotConnection>,
  Grafana: grafana as Of<GrafanaConnection>,
  Hex: hex as Of<HexConnection>,
  Ssrs: ssrs as Of<SsrsConnection>,
  SapS4Hana: sapS4Hana as Of<SapS4HanaConnection>,
  Omni: omni as Of<OmniConnection>,
}

/** The type of `dashboardServices`. */
export interface DashboardServices extends Family<Schemas<typeof connections>> {}

/**
 * OpenMetadata's services of dashboards and reports: 22 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const dashboardServices: DashboardServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'dashboardService',
  collection: 'dashboardServices',
  open: ['CustomDashboard'],
  connections,
})
