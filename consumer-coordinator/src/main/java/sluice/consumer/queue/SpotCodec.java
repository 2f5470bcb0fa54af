package sluice.consumer.queue;

import java.util.List;

/**
 * Spots as they are stored: a byte that names the kind, then the line, then
 *
 * <pre>
 *   0 ready    runs
 *   1 heads    list of offset less the one before, zigzag; key 8
 *   2 behind   key 8, runs
 *   3 later    list of offset and time less those before, zigzag; key 8
 *
 *   line       priority 1, tenant
 *   runs       list of first offset less the end of the run before, zigzag; how many
 * </pre>
 *
 * <p>The numbers are stored: add, never renumber.
 */
final class SpotCodec {

    private static final int READY = 0;
    private static final int HEADS = 1;
    private static final int BEHIND = 2;
    private static final int LATER = 3;

    private SpotCodec() {}

    static void write(QueueWriter out, List<Spot> spots) {
        out.list(spots, each -> write(out, each));
    }

    private static void write(QueueWriter out, Spot spot) {
        switch (spot) {
            case Spot.Ready(var line, var runs) -> {
                line(out.byte8(READY), line);
                runs(out, runs);
            }
            case Spot.Heads(var line, var heads) -> {
                line(out.byte8(HEADS), line).number(heads.size());
                long before = 0;
                for (Spot.Head each : heads) {
                    out.signed(each.offset() - before).fixed(each.key());
                    before = each.offset();
                }
            }
            case Spot.Behind(var line, long key, var runs) -> {
                line(out.byte8(BEHIND), line).fixed(key);
                runs(out, runs);
            }
            case Spot.Later(var line, var messages) -> {
                line(out.byte8(LATER), line).number(messages.size());
                long offset = 0;
                long untilMs = 0;
                for (Spot.Late each : messages) {
                    out.signed(each.offset() - offset)
                            .signed(each.untilMs() - untilMs)
                            .fixed(each.key());
                    offset = each.offset();
                    untilMs = each.untilMs();
                }
            }
        }
    }

    static QueueWriter line(QueueWriter out, Line line) {
        return out.byte8(line.priority()).text(line.tenant());
    }

    private static void runs(QueueWriter out, List<Spot.Run> runs) {
        out.number(runs.size());
        long end = 0;
        for (Spot.Run each : runs) {
            out.signed(each.from() - end).number(each.count());
            end = each.from() + each.count();
        }
    }

    static List<Spot> read(QueueReader in) {
        return in.list(() -> spot(in));
    }

    private static Spot spot(QueueReader in) {
        int kind = in.byte8();
        Line line = line(in);
        return switch (kind) {
            case READY -> new Spot.Ready(line, runs(in));
            case HEADS -> {
                long[] before = {0};
                yield new Spot.Heads(
                        line,
                        in.list(() -> {
                            before[0] += in.signed();
                            return new Spot.Head(before[0], in.fixed());
                        }));
            }
            case BEHIND -> new Spot.Behind(line, in.fixed(), runs(in));
            case LATER -> {
                long[] before = {0, 0};
                yield new Spot.Later(
                        line,
                        in.list(() -> {
                            before[0] += in.signed();
                            before[1] += in.signed();
                            return new Spot.Late(before[0], before[1], in.fixed());
                        }));
            }
            default -> throw new IllegalArgumentException("spot=" + kind);
        };
    }

    static Line line(QueueReader in) {
        return new Line(in.byte8(), in.text());
    }

    private static List<Spot.Run> runs(QueueReader in) {
        long[] end = {0};
        return in.list(() -> {
            long from = end[0] + in.signed();
            long count = in.natural();
            end[0] = from + count;
            return new Spot.Run(from, count);
        });
    }
}
