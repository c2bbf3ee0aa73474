/**
 * The index of the version before does not tell enough: everything has to be planned from the manifests. Only a matter
 * of effort, and never an error that anybody sees.
 */
export class FullPlanNeeded extends Error {}
