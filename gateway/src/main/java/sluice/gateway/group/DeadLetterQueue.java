package sluice.gateway.group;

import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.engine.Engine;
import sluice.gateway.OnEventLoop;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.log.SluiceException;
import sluice.metadata.GroupConfig;

/**
 * The queue through which dead letters are read: the queue group of the name of their topic. It is
 * made when it is first asked for, and never gives anything up.
 */
@Singleton
final class DeadLetterQueue {

    private final GroupCalls calls;
    private final Engine engine;

    DeadLetterQueue(GroupCalls calls, Engine engine) {
        this.calls = calls;
        this.engine = engine;
    }

    /**
     * @param counted its partitions and numbers
     */
    record Found(GroupName name, QueueReply.Counted counted) {}

    /** The topic where the group's dead letters go. */
    CompletionStage<GroupName> nameFor(GroupName group) {
        return calls.call(group, new QueueRequest.Count(), QueueReply.Counted.class)
                .thenApply(counted ->
                        new GroupName(
                                group.namespace(),
                                counted.config()
                                        .deadLetters()
                                        .orElseThrow(() ->
                                                new ProblemException(
                                                        ProblemType.NO_DEAD_LETTER_TOPIC,
                                                        "deadLetterTopic of group %s is null"
                                                                .formatted(group.name())))));
    }

    /** Empty if there is no such topic: then there was no dead letter yet. */
    CompletionStage<Optional<Found>> find(GroupName name) {
        return count(name)
                .thenApply(Optional::of)
                .exceptionallyCompose(failure -> {
                    if (isCode(failure, "unknown-group")) {
                        return make(name);
                    }
                    return CompletableFuture.failedStage(
                            isCode(failure, "wrong-group-type") ? taken(name) : failure);
                });
    }

    private CompletionStage<Found> count(GroupName name) {
        return calls.call(name, new QueueRequest.Count(), QueueReply.Counted.class)
                .thenApply(counted -> {
                    if (!counted.config().topics().equals(List.of(name.name()))) {
                        throw taken(name);
                    }
                    return new Found(name, counted);
                });
    }

    private CompletionStage<Optional<Found>> make(GroupName name) {
        return OnEventLoop.of(
                        Vertx.currentContext(), engine.topics().find(name.namespace(), name.name()))
                .thenCompose(topic -> {
                    if (topic.isEmpty()) {
                        return CompletableFuture.completedStage(Optional.empty());
                    }
                    var config = GroupConfig.queue(List.of(name.name())).withDeliveryLimit(0);
                    return calls.call(
                                    name,
                                    new GroupRequest.Put(config, false),
                                    GroupReply.Stored.class)
                            .thenCompose(_ -> count(name))
                            .thenApply(Optional::of);
                });
    }

    private static boolean isCode(Throwable failure, String code) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof SluiceException known && known.code().equals(code);
    }

    private static ProblemException taken(GroupName name) {
        return new ProblemException(
                ProblemType.DEAD_LETTER_GROUP_TAKEN,
                "The group %s is not the queue of the topic of that name".formatted(name.name()));
    }
}
