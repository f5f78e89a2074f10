/**
 * zod asks whether it may compile schemas with `new Function`, which the content security policy answers with a violation: told beforehand, it does
 * not ask. To be imported before any schema is used, in the page and in each worker.
 */
import { config } from "zod/v4/core";

config({ jitless: true });
