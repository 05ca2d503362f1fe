export interface Server {
  readonly url: string
  crash(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}
export function startServer(options?: { readonly flags?: readonly string[] }): Promise<Server>
