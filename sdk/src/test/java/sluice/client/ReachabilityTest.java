package sluice.client;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Executable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.client.json.Json;

/** What native images are told to keep is there to be kept. */
class ReachabilityTest {

    @Test
    void everyTypeAndFieldThatIsListedExists() throws Exception {
        Json document =
                Json.parse(
                        Files.readAllBytes(
                                Path.of(
                                        "src/main/resources/META-INF/native-image/sluice/sdk/reachability-metadata.json")));
        List<Json> types = document.list("reflection");
        assertTrue(types.size() > 20, "types=" + types.size());
        for (Json each : types) {
            Class<?> type = Class.forName(each.text("type"), false, getClass().getClassLoader());
            for (Json field : each.list("fields")) {
                assertNotNull(type.getDeclaredField(field.text("name")));
            }
            for (Json method : each.list("methods")) {
                String name = method.text("name");
                int parameters = method.list("parameterTypes").size();
                Executable[] made =
                        name.equals("<init>")
                                ? type.getDeclaredConstructors()
                                : type.getDeclaredMethods();
                assertTrue(
                        Arrays.stream(made)
                                .filter(one -> name.equals("<init>") || one.getName().equals(name))
                                .anyMatch(one -> one.getParameterCount() == parameters),
                        type + " " + method);
            }
        }
    }
}
