import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads one custom resource of Strimzi as JSON, and fails unless Strimzi's own model knows all that it says. */
public class Validate {
    private static final Map<String, Class<?>> KINDS =
            Map.of("Kafka", Kafka.class, "KafkaNodePool", KafkaNodePool.class, "KafkaUser", KafkaUser.class);

    /** The model keeps fields that it does not know; here they are refused. */
    private static class Strict extends JacksonAnnotationIntrospector {
        @Override
        public Boolean hasAnySetter(Annotated member) {
            return false;
        }
    }

    public static void main(String[] args) throws Exception {
        JsonMapper mapper = JsonMapper.builder()
                .annotationIntrospector(new Strict())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
        JsonNode given = mapper.readTree(System.in);
        Class<?> model = KINDS.get(given.path("kind").asText());
        if (model == null) {
            throw new IllegalArgumentException("no model is known of kind " + given.path("kind"));
        }
        String version = given.path("apiVersion").asText();
        if (versions(model).noneMatch(version::equals)) {
            throw new IllegalArgumentException("no model is known of " + version);
        }
        JsonNode understood = mapper.valueToTree(mapper.treeToValue(given, model));
        compare("spec", given.path("spec"), understood.path("spec"));
    }

    private static Stream<String> versions(Class<?> model) throws ReflectiveOperationException {
        String group = (String) model.getField("RESOURCE_GROUP").get(null);
        return ((List<?>) model.getField("VERSIONS").get(null)).stream().map(version -> group + "/" + version);
    }

    /** What the model has understood says all that was given: a word that an enumeration lacks is dropped. */
    private static void compare(String path, JsonNode given, JsonNode understood) {
        if (given.isContainerNode()) {
            given.properties().forEach(field -> compare(path + "." + field.getKey(), field.getValue(), understood.path(field.getKey())));
            for (int i = 0; i < given.size() && given.isArray(); i++) {
                compare(path + "[" + i + "]", given.get(i), understood.path(i));
            }
        } else if (!given.asText().equals(understood.asText())) {
            throw new IllegalArgumentException(path + ": " + given + " is understood as " + understood);
        }
    }
}
