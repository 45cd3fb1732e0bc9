/** Names of lanes that are no sinks: no sink can have such a name. */

/** Messages that are no events, and what a receiver will never take. */
export const deadLane = "(dead letters)";
/** Copies of late events. */
export const lateLane = "(late events)";
/** Alerts on their way to the routes. */
export const routesLane = "(routes)";

/** What the lanes of customers' endpoints are shown as together; each is named after it and a colon. */
export const customersName = "customers";

/** Whether a lane is that of a customer's endpoint. */
export function isCustomers(lane: string): boolean {
  return lane.startsWith(`${customersName}:`);
}
