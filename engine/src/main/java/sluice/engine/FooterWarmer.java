package sluice.engine;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.object.SegmentFooter;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.WalObject;
import sluice.uploader.SlotIndexLoader;

/**
 * Reads the footers of a dead wal's objects all at once, while the wal is being recovered: whoever
 * takes its slots needs them, and one slot after another would wait for one footer after another.
 * Owned by the engine's lane.
 */
final class FooterWarmer {

    private static final Logger LOG = LoggerFactory.getLogger(FooterWarmer.class);

    /** The recovery itself must not wait behind them. */
    private static final int IN_FLIGHT_MAX = 16;

    private final Lane lane;
    private final Background background;
    private final SlotIndexLoader indexes;
    private final Set<String> begun = new HashSet<>();
    private final ArrayDeque<Footer> waiting = new ArrayDeque<>();
    private int inFlight;

    private record Footer(UUID wal, WalObject object) {}

    FooterWarmer(Lane lane, Background background, SlotIndexLoader indexes) {
        this.lane = lane;
        this.background = background;
        this.indexes = indexes;
    }

    /** Called with all wals, after each look at them. */
    void consider(Collection<WalRecord> wals) {
        lane.assertOwner();
        Set<String> named = new HashSet<>();
        for (WalRecord wal : wals) {
            if (wal.state() == WalRecord.State.FENCING || wal.state() == WalRecord.State.SEALED) {
                for (WalObject object : wal.objects()) {
                    named.add(object.key());
                    if (begun.add(object.key())) {
                        waiting.addLast(new Footer(wal.wal(), object));
                    }
                }
            }
        }
        begun.retainAll(named);
        waiting.removeIf(each -> !named.contains(each.object().key()));
        next();
    }

    private void next() {
        while (inFlight < IN_FLIGHT_MAX && !waiting.isEmpty()) {
            inFlight++;
            read(waiting.removeFirst());
        }
    }

    private void read(Footer footer) {
        background.run(
                lane,
                () -> indexes.footer(footer.wal(), footer.object()),
                outcome -> {
                    inFlight--;
                    if (outcome instanceof Outcome.Failure<SegmentFooter>(var error)) {
                        LOG.atDebug()
                                .addKeyValue("key", footer.object().key())
                                .setCause(error)
                                .log("a footer was not read ahead");
                    }
                    next();
                });
    }
}
