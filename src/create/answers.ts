import type { PackageManagerName } from '../project/package-manager.ts';
import type { Place } from '../project/place.ts';

/** The options whose values are overlays: template folders laid over a language's base. */
export const overlayOptions = ['store', 'with', 'deploy'] as const;
export type OverlayOption = (typeof overlayOptions)[number];

/** The overlays of a project, by option, e.g. `{ store: ['memory'], with: [], deploy: ['docker'] }`. */
export type Overlays = Readonly<Record<OverlayOption, readonly string[]>>;

/** Everything that shapes the files of a project. `.scalekit-mcp.json` records all of it but `scalekit`: nothing else here may be secret. */
export interface Answers {
  readonly name: string;
  /** The `name` of package.json. */
  readonly packageName: string;
  readonly language: string;
  readonly template: string;
  readonly overlays: Overlays;
  readonly port: number;
  /** Public base URL, with trailing slash. */
  readonly mcpUrl: string;
  readonly scopes: readonly string[];
  readonly packageManager: PackageManagerName;
  /** The workspace and repository that the folder is part of: lockfile, image and CI depend on them. */
  readonly place: Place;
  /** Undefined for the local Scalekit. */
  readonly scalekit: ScalekitValues | undefined;
}

export interface ScalekitValues {
  readonly environmentUrl: string;
  readonly resourceId: string;
  /** Empty if only the dashboard's "Metadata JSON" was given, which does not contain it. */
  readonly clientId: string;
}

/** A file of a project: its path, relative and with `/`, and its content. */
export interface File {
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Default 0o644. */
  readonly mode?: number;
}
