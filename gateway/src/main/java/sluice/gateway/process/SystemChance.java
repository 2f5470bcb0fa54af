package sluice.gateway.process;

import jakarta.inject.Singleton;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import sluice.gateway.Chance;

/** Chance as the JDK has it. */
@Singleton
final class SystemChance implements Chance {

    @Override
    public int below(int bound) {
        return ThreadLocalRandom.current().nextInt(bound);
    }

    @Override
    public String word() {
        return UUID.randomUUID().toString();
    }

    @Override
    public UUID id() {
        return UUID.randomUUID();
    }
}
