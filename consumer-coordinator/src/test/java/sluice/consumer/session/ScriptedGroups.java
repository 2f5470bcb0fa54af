package sluice.consumer.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupSummary;
import sluice.consumer.group.Hold;
import sluice.log.SluiceException;

/** A coordinator that answers what the test says, when the test says it. */
final class ScriptedGroups implements GroupCoordinator {

    /** A request that was sent. */
    record Call(GroupRequest request, CompletableFuture<GroupReply> answer) {

        void holds(long epoch, Hold... holds) {
            answer.complete(new GroupReply.Holds(epoch, List.of(holds)));
        }

        void refuse(SluiceException.Kind kind, String code) {
            answer.completeExceptionally(new SluiceException(kind, code, code));
        }

        GroupRequest.Heartbeat beat() {
            return (GroupRequest.Heartbeat) request;
        }

        GroupRequest.Commit commit() {
            return (GroupRequest.Commit) request;
        }
    }

    private final List<Call> calls = new ArrayList<>();

    /** Those that ask for that, in the order in which they were sent. */
    List<Call> of(Class<? extends GroupRequest> kind) {
        return calls.stream().filter(call -> kind.isInstance(call.request())).toList();
    }

    List<Call> beats() {
        return of(GroupRequest.Heartbeat.class);
    }

    List<Call> commits() {
        return of(GroupRequest.Commit.class);
    }

    Call lastBeat() {
        return beats().getLast();
    }

    @Override
    public CompletionStage<GroupReply> call(GroupName group, GroupRequest request) {
        var call = new Call(request, new CompletableFuture<>());
        calls.add(call);
        return call.answer();
    }

    @Override
    public CompletionStage<List<GroupSummary>> list(
            String namespace, String prefix, String after, int max) {
        throw new AssertionError("not asked by sessions");
    }
}
