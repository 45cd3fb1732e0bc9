/** Names of lanes that are no sinks: no sink can have such a name. */

/** Messages that are no events, and what a receiver will never take. */
export const deadLane = "(dead letters)";
/** Copies of late events. */
export const lateLane = "(late events)";
/** Alerts on their way to the routes. */
export const routesLane = "(routes)";
