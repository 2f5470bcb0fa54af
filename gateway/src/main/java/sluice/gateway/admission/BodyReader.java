package sluice.gateway.admission;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.gateway.GatewayConfig;
import sluice.gateway.problem.Problem;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/**
 * Reads bodies within limits: on size, on time, and on the bytes of all bodies together. Called on
 * the request's event loop, and answers there.
 *
 * <p>Room is made and counted as bytes arrive, not as announced, so a caller that promises much and
 * sends nothing holds nothing.
 */
@Singleton
public final class BodyReader {

    /** How long a refused caller may go on sending before its connection is cut. */
    private static final long LINGER_MS = 1_000;

    /** Room is made for so many times what came; a body of a megabyte is copied by a third. */
    private static final int BELIEVED_TIMES = 4;

    private final Vertx vertx;
    private final Budgets budgets;
    private final long bodyBytesMax;
    private final long bodyTimeoutMs;

    BodyReader(Vertx vertx, Budgets budgets, GatewayConfig config) {
        this.vertx = vertx;
        this.budgets = budgets;
        this.bodyBytesMax = config.limits().bodyBytesMax().asLongValue();
        this.bodyTimeoutMs = config.limits().bodyTimeout().toMillis();
    }

    /**
     * The whole body; empty if there is none. Fails with {@link ProblemException} for a body that
     * is too large, too slow, or finds no room; the connection then closes after the answer.
     */
    public CompletionStage<Body> read(HttpServerRequest request) {
        var reading = new Reading(request, budgets.produceBytes().newShare());
        reading.start();
        return reading.whole;
    }

    private final class Reading {
        private final HttpServerRequest request;
        private final ByteBudget.Share share;
        private final CompletableFuture<Body> whole = new CompletableFuture<>();
        private byte[] bytes = new byte[0];
        private long announcedBytes;
        private int from;
        private int length;
        private long timer = -1;

        Reading(HttpServerRequest request, ByteBudget.Share share) {
            this.request = request;
            this.share = share;
        }

        void start() {
            if (request.isEnded()) {
                end();
                return;
            }
            announcedBytes = announced();
            if (announcedBytes > bodyBytesMax) {
                refuse(tooLarge("%,d bytes announced".formatted(announcedBytes)));
                return;
            }
            request.handler(this::take);
            request.endHandler(_ -> end());
            request.exceptionHandler(_ -> refuse(cutOff()));
            String expect = request.getHeader(HttpHeaders.EXPECT);
            if (expect != null && expect.equalsIgnoreCase("100-continue")) {
                request.response().writeContinue();
            }
            request.resume();
            // Nearly always the body came with the head, and no timer is needed.
            if (!whole.isDone()) {
                timer = vertx.setTimer(bodyTimeoutMs, _ -> refuse(tooSlow()));
            }
        }

        private long announced() {
            String header = request.getHeader(HttpHeaders.CONTENT_LENGTH);
            try {
                return header == null ? -1 : Long.parseLong(header);
            } catch (NumberFormatException e) {
                return Long.MAX_VALUE;
            }
        }

        private void take(Buffer chunk) {
            if (whole.isDone()) {
                return;
            }
            int newLength = length + chunk.length();
            if (newLength > bodyBytesMax) {
                refuse(tooLarge("more than %,d bytes came".formatted(newLength)));
                return;
            }
            int room = roomFor(newLength);
            if (!share.tryGrowTo(room)) {
                refuse(
                        Problem.of(
                                ProblemType.OVERLOADED,
                                "%,d bytes of bodies are being worked on; %,d are allowed"
                                        .formatted(
                                                budgets.produceBytes().bytesHeld(),
                                                budgets.produceBytes().bytesMax())));
                return;
            }
            if (length == 0) {
                adopt(chunk);
            } else {
                copy(chunk, room);
            }
            length = newLength;
        }

        /** Takes the chunk's own array where there is one: most bodies are one chunk. */
        @SuppressWarnings("deprecation") // the only way to the array without a copy
        private void adopt(Buffer chunk) {
            ByteBuf buffer = chunk.getByteBuf();
            if (buffer.hasArray()) {
                bytes = buffer.array();
                from = buffer.arrayOffset() + buffer.readerIndex();
            } else {
                bytes = chunk.getBytes();
                from = 0;
            }
        }

        private void copy(Buffer chunk, int room) {
            if (from > 0 || room > bytes.length) {
                byte[] larger = new byte[room];
                System.arraycopy(bytes, from, larger, 0, length);
                bytes = larger;
                from = 0;
            }
            chunk.getBytes(bytes, length);
        }

        /** Bytes to hold when so many have come: what was announced, if not much more. */
        private int roomFor(int newLength) {
            if (length == 0 || (from == 0 && newLength <= bytes.length)) {
                return Math.max(newLength, bytes.length);
            }
            long announced = announcedBytes < newLength ? bodyBytesMax : announcedBytes;
            return (int) Math.min(announced, BELIEVED_TIMES * (long) newLength);
        }

        private void end() {
            cancelTimer();
            if (!whole.isDone()) {
                whole.complete(new Body(bytes, from, length, share));
            }
        }

        private void refuse(Problem problem) {
            cancelTimer();
            if (whole.isDone()) {
                return;
            }
            bytes = new byte[0];
            share.release();
            closeAfterAnswer();
            whole.completeExceptionally(new ProblemException(problem));
        }

        /**
         * Goes on reading for a moment: a connection closed with unread bytes is reset, and the
         * caller would never see why.
         */
        private void closeAfterAnswer() {
            var response = request.response();
            if (response.headWritten() || response.closed()) {
                return;
            }
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            var connection = request.connection();
            request.handler(_ -> {});
            request.endHandler(_ -> {});
            request.exceptionHandler(_ -> {});
            request.resume();
            vertx.setTimer(LINGER_MS, _ -> connection.close());
        }

        private void cancelTimer() {
            if (timer >= 0) {
                vertx.cancelTimer(timer);
                timer = -1;
            }
        }

        private Problem tooLarge(String what) {
            return Problem.of(
                            ProblemType.BODY_TOO_LARGE,
                            "%s; at most %,d are taken".formatted(what, bodyBytesMax))
                    .with("bodyBytesMax", bodyBytesMax);
        }

        private Problem tooSlow() {
            return Problem.of(
                    ProblemType.BODY_TIMEOUT,
                    "The body had not ended after %,d ms; %,d bytes had come"
                            .formatted(bodyTimeoutMs, length));
        }

        private Problem cutOff() {
            return Problem.of(
                    ProblemType.MALFORMED_REQUEST, "The connection ended before the body did");
        }
    }
}
