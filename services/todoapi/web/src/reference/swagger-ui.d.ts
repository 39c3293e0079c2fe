declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  /** The options that the page uses, of https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/. */
  interface Options {
    dom_id: string;
    url: string;
    deepLinking: boolean;
    filter: boolean;
    docExpansion: "list" | "full" | "none";
    defaultModelsExpandDepth: number;
    displayRequestDuration: boolean;
    persistAuthorization: boolean;
    validatorUrl: string | null;
  }
  export default function SwaggerUI(options: Options): void;
}
