package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueRequest;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;

/** Groups whose dead letters are other groups' work. */
class DeadLetterCyclesTest extends QueuesWorld {

    @Test
    void deadLettersThatComeBackThroughOtherGroupsAreRefused() {
        List.of("a", "b", "c").forEach(each -> world.topic(each, 1));
        assertStored(put("first", "a", "b"));
        assertStored(put("second", "b", "c"));
        assertCycle("[first, second]", put("third", "c", "a"));

        // So it is with a group that is there, and it goes on.
        assertStored(put("third", "c", "d"));
        assertCycle("[first, second]", put("third", "c", "a"));
        assertStored(put("third", "c", "e"));
        assertStored(put("first", "a", "b"));
    }

    @Nested
    class InACircleThatCameAboutAtOneMoment {

        private void circle() {
            List.of("a", "b").forEach(each -> world.topic(each, 1));
            var first = put("first", "a", "b");
            var second = put("second", "b", "a");
            assertStored(first);
            assertStored(second);
        }

        @Test
        void aGroupIsPausedAndResumed() {
            circle();

            assertStored(ask("first", new QueueRequest.Pause(true)));
            assertStored(ask("first", new QueueRequest.Pause(false)));
        }

        @Test
        void settingsThatLeadNothingElsewhereMayChange() {
            circle();

            assertStored(
                    ask(
                            "first",
                            new GroupRequest.Put(
                                    config(List.of("a"), Optional.of("b")).withDeliveryLimit(3),
                                    false)));
        }

        @Test
        void anotherWayRoundIsRefusedAndAWayOutIsNot() {
            circle();
            world.topic("c", 1);

            assertCycle(
                    "[second]",
                    ask(
                            "first",
                            new GroupRequest.Put(
                                    config(List.of("a", "c"), Optional.of("b")), false)));
            assertStored(put("first", "a", "c"));
            assertStored(put("second", "b", "a"));
        }
    }

    private void assertStored(CompletableFuture<Outcome<GroupReply>> answer) {
        assertTrue(CoordinatorWorld.reply(world.await(answer)) instanceof GroupReply.Stored);
    }

    private void assertCycle(String groups, CompletableFuture<Outcome<GroupReply>> answer) {
        Outcome<GroupReply> outcome = world.await(answer);
        var refused = assertThrows(SluiceException.class, () -> CoordinatorWorld.reply(outcome));
        assertEquals("dead-letter-cycle", refused.code());
        assertTrue(
                String.valueOf(refused.getMessage()).contains("groups=" + groups),
                refused.getMessage());
    }

    private CompletableFuture<Outcome<GroupReply>> put(
            String group, String topic, String deadLetters) {
        return ask(
                group,
                new GroupRequest.Put(config(List.of(topic), Optional.of(deadLetters)), false));
    }

    private CompletableFuture<Outcome<GroupReply>> ask(String group, GroupRequest request) {
        return node.ask(new GroupName(CoordinatorWorld.GROUP.namespace(), group), request);
    }
}
