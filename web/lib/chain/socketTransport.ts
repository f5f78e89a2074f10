import { type Transport, webSocket } from "viem";

export const socketTransport = (url: string): Transport => webSocket(url, { retryCount: 2 });
