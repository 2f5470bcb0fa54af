package sluice.client.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneRunnerTest {

    private final LaneRunner runner = new LaneRunner("test");

    @AfterEach
    void end() {
        runner.end();
    }

    /** Runs these in one turn, and returns when it has ended. */
    private void turn(Runnable... tasks) throws Exception {
        var done = new CompletableFuture<Void>();
        runner.execute(() -> {
            for (Runnable each : tasks) {
                runner.execute(each);
            }
            runner.execute(() -> LaneRunner.atEnd(() -> done.complete(null)));
        });
        done.get(20, TimeUnit.SECONDS);
    }

    @Test
    void tasksRunInTheirOrderAndWhatIsLeftForTheEndOnceAfterThem() throws Exception {
        List<String> done = new ArrayList<>();
        Runnable end = () -> done.add("end");
        turn(
                () -> {
                    LaneRunner.atEnd(end);
                    done.add("first");
                },
                () -> {
                    LaneRunner.atEnd(end);
                    done.add("second");
                });

        assertEquals(List.of("first", "second", "end"), done);
        turn(() -> done.add("third"));
        assertEquals(List.of("first", "second", "end", "third"), done, "once");
    }

    @Test
    void aTaskThatFailsKeepsNoOtherFromItsTurn() throws Exception {
        List<String> done = new ArrayList<>();
        turn(
                () ->
                        LaneRunner.atEnd(() -> {
                            throw new IllegalStateException("as the test wants it");
                        }),
                () -> LaneRunner.atEnd(() -> done.add("end")),
                () -> {
                    throw new AssertionError("as the test wants it");
                },
                () -> done.add("next"));

        assertEquals(List.of("next", "end"), done);
    }

    @Test
    void aLongTurnEndsBeforeAllThatWaitsIsDone() throws Exception {
        List<String> done = new ArrayList<>();
        Runnable[] tasks = new Runnable[200];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] =
                    () -> {
                        if (done.isEmpty()) {
                            LaneRunner.atEnd(() -> done.add("end"));
                        }
                        done.add("task");
                    };
        }
        turn(tasks);

        int at = done.indexOf("end");
        assertEquals(true, at > 0 && at < 100, () -> "the first turn ended after " + at);
    }

    @Test
    void elsewhereNothingIsLeftForAnEnd() {
        assertFalse(LaneRunner.atEnd(() -> {}));
    }

    @Test
    void whatWasGivenBeforeItsEndIsDoneAndNothingAfterIt() throws Exception {
        List<String> done = new ArrayList<>();
        var isBegun = new CompletableFuture<Void>();
        var mayGoOn = new CompletableFuture<Void>();
        var last = new CompletableFuture<Void>();
        runner.execute(() -> {
            isBegun.complete(null);
            mayGoOn.join();
        });
        isBegun.get(20, TimeUnit.SECONDS);
        runner.execute(() -> done.add("before"));
        runner.execute(() -> LaneRunner.atEnd(() -> last.complete(null)));
        runner.end();
        runner.execute(() -> done.add("after"));
        mayGoOn.complete(null);
        last.get(20, TimeUnit.SECONDS);

        assertEquals(List.of("before"), done);
    }
}
