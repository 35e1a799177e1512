/** Where notification workflows and all their activities run; slow endpoints' attempts share it for now. */
export const mainTaskQueue = 'ringback';
