package sluice.client.exchange;

import java.util.List;
import java.util.Optional;

/**
 * Where a published record is.
 *
 * @param places one in each topic that it went to; none if no binding matched it
 * @param alternate the exchange that found them, if it was not the one that was asked
 */
public record Published(List<Place> places, Optional<String> alternate) {

    public Published {
        places = List.copyOf(places);
    }

    /** One copy of the record. */
    public record Place(String topic, int partition, long offset) {}

    /** True if no binding matched the record: it is nowhere. */
    public boolean isUnroutable() {
        return places.isEmpty();
    }
}
