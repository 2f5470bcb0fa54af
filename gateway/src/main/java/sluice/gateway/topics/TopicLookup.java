package sluice.gateway.topics;

import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.engine.Engine;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.metadata.TopicRecord;

/** Finds the topic that a path names. */
@Singleton
public final class TopicLookup {

    private final Engine engine;

    TopicLookup(Engine engine) {
        this.engine = engine;
    }

    /**
     * The topic, usually at once. Fails with {@code bad-topic-name} or {@code unknown-topic}; may
     * complete on a thread of the engine.
     */
    public CompletionStage<TopicRecord> find(String name) {
        if (!TopicName.isValid(name)) {
            return CompletableFuture.failedStage(
                    new ProblemException(ProblemType.BAD_TOPIC_NAME, TopicName.whyNot(name)));
        }
        return engine.topics()
                .find(Namespaces.ofRequest(), name)
                .thenApply(found ->
                        found.filter(topic -> topic.state() == TopicRecord.State.ACTIVE)
                                .orElseThrow(() -> unknown(name)));
    }

    static ProblemException unknown(String name) {
        return new ProblemException(
                ProblemType.UNKNOWN_TOPIC, "There is no topic named %s".formatted(name));
    }
}
