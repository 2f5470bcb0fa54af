package sluice.metadata;

import java.time.Duration;
import java.util.List;

/**
 * What a user chooses for a stream group.
 *
 * @param revocationTimeout a partition that a member is to give up is taken from it after so long
 */
public record StreamConfig(
        List<String> topics,
        Start start,
        Delivery delivery,
        Duration sessionTimeout,
        Duration revocationTimeout)
        implements GroupConfig {

    public static final Duration REVOCATION_TIMEOUT = Duration.ofSeconds(30);

    public StreamConfig {
        topics = List.copyOf(topics);
    }

    @Override
    public Type type() {
        return Type.STREAM;
    }
}
