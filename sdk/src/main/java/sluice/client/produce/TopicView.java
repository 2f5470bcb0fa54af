package sluice.client.produce;

import java.net.URI;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A topic as a gateway described it.
 *
 * @param owners by partition; null where there is none
 */
record TopicView(int recordBytesMax, List<@Nullable URI> owners) {

    TopicView {
        owners = Collections.unmodifiableList(new java.util.ArrayList<>(owners));
        if (owners.isEmpty()) {
            throw new IllegalArgumentException("a topic has at least one partition");
        }
    }

    int partitions() {
        return owners.size();
    }
}
