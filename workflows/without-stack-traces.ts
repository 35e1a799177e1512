// Loaded once, before any workflow runs. For every promise that a workflow makes, the SDK notes where it was made, by way
// of an error's stack and the source map: a third of what a workflow costs its thread. Only the `__stack_trace` query
// shows it, and `progress` says more.
Error.stackTraceLimit = 0;
