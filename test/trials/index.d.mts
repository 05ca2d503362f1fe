export interface Found {
  readonly trial: string
  readonly target: string
  readonly tried: Readonly<Record<string, number>>
  readonly wrong: { readonly what: string; readonly smallest: string; readonly repeat: string } | undefined
}
export const trials: Readonly<
  Record<
    string,
    { readonly what: string; readonly targets: readonly { readonly name: string; readonly long?: boolean }[] }
  >
>
export function runTrial(
  name: string,
  options: { readonly seed: number; readonly target?: string },
): Promise<readonly Found[]>
