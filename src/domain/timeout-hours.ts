/** After so long without a final status a notification gets the one that its system then sets. */
export const timeoutHours = 72;
