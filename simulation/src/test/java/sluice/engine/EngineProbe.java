package sluice.engine;

import java.util.Optional;
import java.util.function.BiConsumer;
import sluice.log.lane.Lane;

/** What tests bring about in an engine, at a moment of their choice. */
public final class EngineProbe {

    private EngineProbe() {}

    /** The slot is being handed over: its appends wait. */
    public static void closing(GatewayEngine engine, int slot) {
        with(engine, slot, (_, owned) -> owned.isClosing = true);
    }

    /** It stays after all. */
    public static void reopened(GatewayEngine engine, int slot) {
        with(engine, slot, (open, owned) -> open.appends().reopen(owned));
    }

    private static void with(GatewayEngine engine, int slot, BiConsumer<OpenWal, OwnedSlot> then) {
        var lane = (Lane) field(engine, "lane");
        lane.execute(() -> {
            var owned = ((OwnedSlots) field(engine, "owned")).get(slot).orElseThrow();
            var open = ((Optional<?>) field(field(engine, "core"), "opened")).orElseThrow();
            then.accept((OpenWal) open, owned);
        });
    }

    private static Object field(Object of, String name) {
        try {
            var field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
