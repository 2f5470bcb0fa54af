package sluice.bench.inner;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What one piece takes.
 *
 * @param name class and method
 * @param params by name
 * @param ns of one call, the mean of all iterations
 * @param errorNs half the width of its interval of 99.9 %
 * @param allocatedBytes by one call
 */
record InnerResult(
        String name, Map<String, String> params, double ns, double errorNs, double allocatedBytes) {

    private static final String BYTES = "bytes";

    InnerResult {
        params = Map.copyOf(params);
    }

    /** How fast it gets through its bytes, where it says how many they are. */
    OptionalDouble mibPerSecond() {
        return params.containsKey(BYTES)
                ? OptionalDouble.of(Long.parseLong(params.get(BYTES)) / ns * 1e9 / (1 << 20))
                : OptionalDouble.empty();
    }
}
