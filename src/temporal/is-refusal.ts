import { isGrpcServiceError, ServiceError } from '@temporalio/client';

// What the server says of a request rather than of itself: gRPC's invalid argument, failed precondition, out of range.
const refusals: ReadonlySet<number> = new Set([3, 9, 11]);

/** Whether Temporal refused this very request, which it will do again, rather than being away. */
export function isRefusal(cause: unknown): boolean {
  const grpc = cause instanceof ServiceError ? cause.cause : cause;
  return isGrpcServiceError(grpc) && refusals.has(grpc.code);
}
