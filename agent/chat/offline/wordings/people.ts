export const peopleWordings = ``;
