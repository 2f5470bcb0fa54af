package sluice.consumer.queue;

import java.util.Map;
import java.util.Optional;

/**
 * Which message a queue group wants next. Without any wish the queue is plain: by offset, and
 * nobody looks ahead.
 *
 * @param byKey one message of a key at a time, by offset
 * @param byPriority the highest first, of those that were looked at
 * @param buriesExpired an expired message is a dead letter; else it is done
 */
public record QueueChoice(
        boolean byKey, boolean byPriority, boolean buriesExpired, Optional<Tenants> tenants) {

    public static final QueueChoice PLAIN = new QueueChoice(false, false, false, Optional.empty());

    /**
     * Tenants get shares of the consumers' time.
     *
     * @param header whose value names a message's tenant; messages without it are one tenant
     * @param inFlightMax of each tenant, in each partition; 0 for no limit
     * @param weights of tenants with another share than 1
     */
    public record Tenants(String header, int inFlightMax, Map<String, Integer> weights) {

        public static final int WEIGHT_MAX = 1_000;

        public Tenants {
            weights = Map.copyOf(weights);
            if (header.isEmpty() || inFlightMax < 0) {
                throw new IllegalArgumentException(
                        "header=" + header + " inFlightMax=" + inFlightMax);
            }
            for (Map.Entry<String, Integer> each : weights.entrySet()) {
                if (each.getValue() < 1 || each.getValue() > WEIGHT_MAX) {
                    throw new IllegalArgumentException("weight=" + each);
                }
            }
        }

        int weight(String tenant) {
            return weights.getOrDefault(tenant, 1);
        }
    }

    boolean isPlain() {
        return !byKey && !byPriority && tenants.isEmpty();
    }

    /** How many messages of this tenant may be in flight. */
    int inFlightMax(String tenant) {
        int max = tenants.map(Tenants::inFlightMax).orElse(0);
        return max == 0 ? Integer.MAX_VALUE : max;
    }
}
