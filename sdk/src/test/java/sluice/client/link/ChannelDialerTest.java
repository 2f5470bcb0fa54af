package sluice.client.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.client.link.FakeSockets.Dialed;

/** Streams that share connections. */
class ChannelDialerTest {

    private static final URI ONE = URI.create("http://one:8080");
    private static final URI TWO = URI.create("https://two");

    private final FakeSockets sockets = new FakeSockets();
    private final ChannelDialer dialer = new ChannelDialer(sockets);
    private final List<String> told = new ArrayList<>();

    /** A stream, and what it is told under its name. */
    private class Stream implements StreamDialer.Listener {
        private final String name;
        private @Nullable StreamConnection connection;

        Stream(String name) {
            this.name = name;
        }

        StreamConnection connection() {
            return Objects.requireNonNull(connection, name);
        }

        @Override
        public void opened(StreamConnection opened) {
            connection = opened;
            told.add(name + " opened");
        }

        @Override
        public void text(String frame) {
            told.add(name + " text " + frame);
        }

        @Override
        public void binary(ByteBuffer frame) {
            told.add(name + " binary " + UTF_8.decode(frame));
        }

        @Override
        public void refused(int status, String reason) {
            told.add(name + " refused " + status);
        }

        @Override
        public void closed(int code, String reason) {
            told.add(name + " closed " + code + " " + reason);
        }
    }

    private Stream dial(URI gateway, String group) {
        var stream = new Stream(group);
        dialer.dial(gateway, group, stream);
        return stream;
    }

    private Dialed dialed(int number) {
        return sockets.dialed.get(number);
    }

    private List<String> told() {
        var now = List.copyOf(told);
        told.clear();
        return now;
    }

    private static ByteBuffer text(int channel, String frame) {
        return Chunks.of(channel, Chunks.TEXT, frame.getBytes(UTF_8));
    }

    private static ByteBuffer closing(int channel, int code) {
        return Chunks.of(channel, Chunks.CLOSE, Chunks.closing(code, "why"));
    }

    @Test
    void streamsToOneGatewayShareAConnection() {
        dial(ONE, "a");
        dial(ONE, "b");
        dial(TWO, "c");
        assertEquals(List.of(), told());
        dialed(0).open();
        dial(ONE, "d");

        assertEquals(
                List.of("ws://one:8080/v1/streams", "wss://two/v1/streams"),
                sockets.dialed.stream().map(each -> each.at.toString()).toList());
        assertEquals(List.of("a opened", "b opened", "d opened"), told());
        assertEquals(List.of(List.of("1:open a", "2:open b"), List.of("3:open d")), dialed(0).sent);
    }

    /** A gateway takes numbers in their order only. */
    @Test
    void whoeverDialsWhileTheConnectionOpensComesAfterThoseWhoWaitedForIt() {
        dialer.dial(
                ONE,
                "a",
                new Stream("a") {
                    @Override
                    public void opened(StreamConnection opened) {
                        super.opened(opened);
                        dial(ONE, "c");
                    }
                });
        dial(ONE, "b");
        dialed(0).open();

        assertEquals(
                List.of("1:open a", "2:open b", "3:open c"),
                dialed(0).sent.stream().flatMap(List::stream).toList());
        assertEquals(List.of("a opened", "c opened", "b opened"), told());
    }

    @Test
    void whatComesGoesToItsStreamInItsOrder() {
        dial(ONE, "a");
        dial(ONE, "b");
        dialed(0).open();
        told();
        dialed(0)
                .receive(
                        text(2, "first"),
                        Chunks.of(1, Chunks.BINARY, "bytes".getBytes(UTF_8)),
                        text(2, "second"),
                        closing(1, 1012),
                        text(1, "too late"),
                        text(9, "nobody's"));

        assertEquals(
                List.of("b text first", "a binary bytes", "b text second", "a closed 1012 why"),
                told());
    }

    @Test
    void whatIsSentInOneTurnOfALaneLeavesTogether() throws Exception {
        Stream a = dial(ONE, "a");
        Stream b = dial(ONE, "b");
        dialed(0).open();
        dialed(0).sent.clear();
        var runner = new LaneRunner("test");
        var done = new CompletableFuture<Void>();
        runner.execute(() -> {
            runner.execute(() -> b.connection().send("2"));
            runner.execute(() -> LaneRunner.atEnd(() -> done.complete(null)));
            a.connection().send("1");
            a.connection().send("3");
        });
        done.get(20, TimeUnit.SECONDS);
        runner.end();

        assertEquals(List.of(List.of("1:text 1", "1:text 3", "2:text 2")), dialed(0).sent);
    }

    @Test
    void whatIsSentWhileAMessageLeavesGoesIntoTheNext() {
        Stream a = dial(ONE, "a");
        Stream b = dial(ONE, "b");
        dialed(0).open();
        dialed(0).sent.clear();
        dialed(0).leaves = new CompletableFuture<>();
        for (int i = 0; i < 3; i++) {
            a.connection().send("a" + i);
            b.connection().send("b" + i);
        }
        assertEquals(List.of(List.of("1:text a0")), dialed(0).sent);
        CompletableFuture<Void> first = dialed(0).leaves;
        dialed(0).leaves = CompletableFuture.completedFuture(null);
        first.complete(null);

        assertEquals(
                List.of("2:text b0", "1:text a1", "2:text b1", "1:text a2", "2:text b2"),
                dialed(0).sent.get(1));
        assertEquals(2, dialed(0).sent.size());
    }

    @Test
    void aMessageHasABoundAndALargerFrameGoesAlone() {
        Stream a = dial(ONE, "a");
        dialed(0).open();
        dialed(0).sent.clear();
        dialed(0).leaves = new CompletableFuture<>();
        String large = "x".repeat(70_000);
        String half = "y".repeat(40_000);
        for (String frame : List.of("first", "small", large, half, half, "last")) {
            a.connection().send(frame);
        }
        CompletableFuture<Void> first = dialed(0).leaves;
        dialed(0).leaves = CompletableFuture.completedFuture(null);
        first.complete(null);

        assertEquals(
                List.of(
                        List.of("1:text first"),
                        List.of("1:text small"),
                        List.of("1:text " + large),
                        List.of("1:text " + half),
                        List.of("1:text " + half, "1:text last")),
                dialed(0).sent);
    }

    @Test
    void aRefusalIsToldToAllAndTheNextStreamTriesAnew() {
        dial(ONE, "a");
        dial(ONE, "b");
        dialed(0).listener.refused(503, "busy");
        dial(ONE, "c");

        assertEquals(List.of("a refused 503", "b refused 503"), told());
        assertEquals(2, sockets.dialed.size());
    }

    @Test
    void aConnectionThatIsCutIsToldToAllOnce() {
        Stream a = dial(ONE, "a");
        dial(ONE, "b");
        dialed(0).open();
        told();
        dialed(0).listener.closed(1006, "cut");
        dialed(0).listener.closed(1006, "cut");
        a.connection().send("too late");
        a.connection().close(1000, "too late");
        a.connection().abort();
        dial(ONE, "c");

        assertEquals(List.of("a closed 1006 cut", "b closed 1006 cut"), told());
        assertEquals(List.of(List.of("1:open a", "2:open b")), dialed(0).sent);
        assertEquals(2, sockets.dialed.size());
    }

    @Test
    void aStreamThatEndsIsToldWhenTheGatewayKnowsAndTheLastOneTakesTheConnectionAlong() {
        Stream a = dial(ONE, "a");
        Stream b = dial(ONE, "b");
        dialed(0).open();
        told();
        a.connection().close(1000, "leave");
        assertEquals(List.of("1:close 1000 leave"), dialed(0).sent.getLast());
        assertEquals(List.of(), told());
        dialed(0).receive(closing(1, 1000));
        assertEquals(List.of("a closed 1000 why"), told());
        assertEquals("", dialed(0).end);
        b.connection().close(1000, "leave");
        dialed(0).receive(closing(2, 1000));

        assertEquals(List.of("b closed 1000 why"), told());
        assertEquals("closed 1000", dialed(0).end);
        dial(ONE, "c");
        assertEquals(2, sockets.dialed.size());
    }

    @Test
    void afterAStreamWasGivenUpTheConnectionTakesNoMoreAndItsOthersGoOn() {
        Stream a = dial(ONE, "a");
        Stream b = dial(ONE, "b");
        dialed(0).open();
        told();
        a.connection().abort();
        assertEquals(List.of("1:close 1001 given up"), dialed(0).sent.getLast());
        dial(ONE, "c");
        assertEquals(2, sockets.dialed.size());
        dialed(0).receive(text(1, "nobody hears it"), closing(1, 1001), text(2, "hello"));
        assertEquals(List.of("b text hello"), told());
        assertEquals("", dialed(0).end);
        b.connection().send("hello");
        assertEquals(List.of("2:text hello"), dialed(0).sent.getLast());

        b.connection().abort();

        assertEquals("cut", dialed(0).end);
        assertEquals(List.of(), told());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a head that is cut off    | 0000000102
                    a payload that is cut off | 000000010200000005 61
                    a negative length         | 0000000102FFFFFFFF
                    an unknown kind           | 000000010900000000
                    a close without a code    | 000000010300000001 61
                    """)
    void aMessageThatCannotBeReadEndsTheConnection(String what, String hex) {
        dial(ONE, "a");
        dial(ONE, "b");
        dialed(0).open();
        told();
        dialed(0).listener.binary(ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", ""))));

        assertEquals("cut", dialed(0).end, what);
        assertEquals(
                2, told().stream().filter(each -> each.contains(" closed 1002 ")).count(), what);
    }

    @Test
    void aTextMessageEndsTheConnection() {
        dial(ONE, "a");
        dialed(0).open();
        told();
        dialed(0).listener.text("{}");

        assertEquals("cut", dialed(0).end);
        assertEquals(1, told().size());
    }

    /** Bytes of a message that is held for long do not keep those that came with it. */
    @Test
    void eachFrameHasBytesOfItsOwn() {
        var frames = new ArrayList<ByteBuffer>();
        dialer.dial(
                ONE,
                "a",
                new Stream("a") {
                    @Override
                    public void binary(ByteBuffer frame) {
                        frames.add(frame);
                    }
                });
        dialed(0).open();
        dialed(0).receive(Chunks.of(1, Chunks.BINARY, new byte[10]), text(1, "x".repeat(1_000)));

        assertEquals(10, frames.getFirst().array().length);
    }
}
