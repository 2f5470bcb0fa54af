package sluice.client.http;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;

/** A body in pieces, sent without putting them together. May be subscribed to again. */
final class BodyPieces implements Flow.Publisher<ByteBuffer> {

    private final List<ByteBuffer> pieces;

    private BodyPieces(List<ByteBuffer> pieces) {
        this.pieces = pieces;
    }

    static BodyPublisher of(Call call) {
        long bytes = call.bodyBytes();
        return bytes == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(new BodyPieces(call.body()), bytes);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        subscriber.onSubscribe(new Pieces(pieces.iterator(), subscriber));
    }

    /** Calls of {@code request} may come from within {@code onNext}. */
    private static final class Pieces implements Flow.Subscription {

        private final Iterator<ByteBuffer> rest;
        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private long wanted;
        private boolean isDraining;
        private boolean isDone;

        Pieces(Iterator<ByteBuffer> rest, Flow.Subscriber<? super ByteBuffer> subscriber) {
            this.rest = rest;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long count) {
            synchronized (this) {
                if (isDone) {
                    return;
                }
                wanted = count > Long.MAX_VALUE - wanted ? Long.MAX_VALUE : wanted + count;
                if (isDraining) {
                    return;
                }
                isDraining = true;
            }
            drain();
        }

        private void drain() {
            while (true) {
                ByteBuffer next;
                synchronized (this) {
                    if (isDone || (wanted == 0 && rest.hasNext())) {
                        isDraining = false;
                        return;
                    }
                    if (!rest.hasNext()) {
                        isDone = true;
                        break;
                    }
                    wanted--;
                    // The reader moves positions; the piece may be sent again.
                    next = rest.next().duplicate();
                }
                subscriber.onNext(next);
            }
            subscriber.onComplete();
        }

        @Override
        public synchronized void cancel() {
            isDone = true;
        }
    }
}
