/**
 * zod asks whether it may compile schemas with `new Function`, which the content security policy answers with a violation: told beforehand, it does
 * not ask. To be imported before any schema is used, in the page and in each worker. What `z.config({ jitless: true })` sets is set here where zod
 * keeps it, since importing zod would load it with every page.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
