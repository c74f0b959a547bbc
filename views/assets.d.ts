/** Files that are embedded in the binary as text. */
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.svg" {
  const text: string;
  export default text;
}
declare module "*/app.js" {
  const text: string;
  export default text;
}
declare module "*/hud.js" {
  const text: string;
  export default text;
}
declare module "htmx.org/dist/htmx.min.js" {
  const text: string;
  export default text;
}
declare module "htmx.org/dist/ext/hx-sse.min.js" {
  const text: string;
  export default text;
}
/** A file that is embedded as it is: the path at which it can be read. */
declare module "*.woff2" {
  const path: string;
  export default path;
}
