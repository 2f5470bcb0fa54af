package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import sluice.consumer.group.GroupRequest.Heartbeat;
import sluice.consumer.group.GroupRequest.Join;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;

/** Heartbeats that wait for news, at most {@link #OF_MEMBER_MAX} of each member. */
final class ParkedHeartbeats {

    /** One of its connection's gateway, one of what came before it, and one more. */
    private static final int OF_MEMBER_MAX = 3;

    /** A heartbeat that waits. */
    static final class Parked {
        final Heartbeat request;
        final Answer answer;
        private Lane.Timer timer = () -> {};

        Parked(Heartbeat request, Answer answer) {
            this.request = request;
            this.answer = answer;
        }
    }

    private final Lane lane;
    private final BiConsumer<Heartbeat, Answer> answerNow;
    private final Map<UUID, ArrayDeque<Parked>> parked = new HashMap<>();

    /**
     * @param answerNow answers with what the member holds now
     */
    ParkedHeartbeats(Lane lane, BiConsumer<Heartbeat, Answer> answerNow) {
        this.lane = lane;
        this.answerNow = answerNow;
    }

    void park(Heartbeat request, Answer answer, Duration wait) {
        ArrayDeque<Parked> ofMember =
                parked.computeIfAbsent(request.member(), _ -> new ArrayDeque<>());
        var waiting = new Parked(request, answer);
        ofMember.add(waiting);
        waiting.timer = lane.schedule(wait, () -> wake(waiting));
        if (ofMember.size() > OF_MEMBER_MAX) {
            wake(ofMember.getFirst());
        }
    }

    private void wake(Parked waiting) {
        if (remove(waiting)) {
            answerNow.accept(waiting.request, waiting.answer);
        }
    }

    private boolean remove(Parked waiting) {
        ArrayDeque<Parked> ofMember = parked.get(waiting.request.member());
        if (ofMember == null || !ofMember.remove(waiting)) {
            return false;
        }
        waiting.timer.cancel();
        if (ofMember.isEmpty()) {
            parked.remove(waiting.request.member());
        }
        return true;
    }

    /** Answers those for which it is time. */
    void wakeIf(Predicate<Heartbeat> isDue) {
        for (Parked each : all()) {
            if (isDue.test(each.request)) {
                wake(each);
            }
        }
    }

    /** Whoever waits by an earlier connection of a member that came back must stop at once. */
    void wakeReplacedBy(Join join) {
        join.resume()
                .ifPresent(back ->
                        wakeIf(beat ->
                                beat.member().equals(back.member())
                                        && !beat.connection().equals(join.connection())));
    }

    private List<Parked> all() {
        var all = new ArrayList<Parked>();
        parked.values().forEach(all::addAll);
        return all;
    }

    boolean isEmpty() {
        return parked.isEmpty();
    }

    void failAll(SluiceException why) {
        for (Parked each : all()) {
            if (remove(each)) {
                each.answer.fail(why);
            }
        }
    }
}
