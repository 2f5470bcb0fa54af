package sluice.consumer.coordinator;

import java.util.List;
import java.util.concurrent.CompletionStage;
import sluice.metadata.TopicRecord;

/** Topics by name and by pattern. */
@FunctionalInterface
public interface TopicLookup {

    /**
     * Active topics of a namespace that one of the names or patterns names, each once; at most some
     * seconds old.
     *
     * <p>Fails with SluiceException UNAVAILABLE.
     */
    CompletionStage<List<TopicRecord>> matching(String namespace, List<String> patterns);
}
